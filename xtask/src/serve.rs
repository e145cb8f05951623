//! A small static server for this machine only.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::Result;
use crate::site::extension;

/// Tried when no port is asked for.
const USUAL_PORT: u16 = 8080;

/// Longer requests are not from a browser that loads this page.
const LONGEST_REQUEST: u64 = 64 * 1024;

/// Serves a folder until the process is ended.
pub fn serve(folder: &Path, port: Option<u16>) -> Result<()> {
    let listener = listen(port)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("Strata is at http://{address}/ (end with Ctrl+C)");
    for stream in listener.incoming().flatten() {
        let folder = folder.to_owned();
        std::thread::spawn(move || {
            // A browser that goes away in the middle is no reason to complain.
            let _ = answer(&folder, &stream);
        });
    }
    Ok(())
}

/// A port that was asked for must be free; otherwise the usual one or any other.
fn listen(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    match port {
        Some(port) => {
            bind(port).map_err(|error| format!("Port {port}: {error}. Choose another with --port."))
        }
        None => bind(USUAL_PORT).or_else(|_| bind(0)).map_err(|error| error.to_string()),
    }
}

fn answer(folder: &Path, stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut lines = BufReader::new(stream).take(LONGEST_REQUEST).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, address) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    if method != "GET" && method != "HEAD" {
        return send(stream, "405 Method Not Allowed", "text/plain", b"only GET and HEAD\n", false);
    }
    match file(folder, address).and_then(|path| Some((std::fs::read(&path).ok()?, path))) {
        Some((bytes, path)) => send(stream, "200 OK", media_type(&path), &bytes, method == "HEAD"),
        None => send(stream, "404 Not Found", "text/plain", b"not found\n", method == "HEAD"),
    }
}

fn send(mut stream: &TcpStream, status: &str, media: &str, bytes: &[u8], head: bool) -> std::io::Result<()> {
    // Every build is a new page: nothing may be kept from the last one.
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        bytes.len()
    )?;
    if head { Ok(()) } else { stream.write_all(bytes) }
}

/// The file of an address, never outside the folder.
fn file(folder: &Path, address: &str) -> Option<PathBuf> {
    let path = address.split(['?', '#']).next()?.trim_start_matches('/');
    let relative = Path::new(if path.is_empty() { "index.html" } else { path });
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| folder.join(relative))
}

fn media_type(path: &Path) -> &'static str {
    match extension(path) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("ts") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_found() {
        let folder = Path::new("dist");
        assert_eq!(file(folder, "/"), Some(folder.join("index.html")));
        assert_eq!(file(folder, "/style/base.css?v=1"), Some(folder.join("style/base.css")));
        assert_eq!(file(folder, "/../Cargo.toml"), None);
        assert_eq!(file(folder, "//etc/passwd"), Some(folder.join("etc/passwd")));
    }
}
