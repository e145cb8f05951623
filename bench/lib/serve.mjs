// A static server on loopback: bench/ at the root, Strata's dist/ under /dist/. Every page is cross-origin isolated, because
// duckdb-wasm's threads need it.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { bench, project } from './folders.mjs';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cache-Control': 'public, max-age=3600',
};

/** The file behind an address, or nothing when it is not below one of the two folders. */
export function fileOf(pathname) {
  const clean = path.posix.normalize(decodeURIComponent(pathname));
  const [root, rest] = clean.startsWith('/dist/') ? [path.join(project, 'dist'), clean.slice(5)] : [bench, clean];
  const file = path.join(root, rest.endsWith('/') ? `${rest}index.html` : rest);
  return file.startsWith(root + path.sep) && fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

export function serve() {
  const server = http.createServer((request, response) => {
    const file = fileOf(new URL(request.url, 'http://localhost').pathname);
    if (!file) {
      response.writeHead(404, headers).end('not found');
      return;
    }
    const type = types[path.extname(file)] || 'application/octet-stream';
    response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': fs.statSync(file).size });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }),
    );
  });
}
