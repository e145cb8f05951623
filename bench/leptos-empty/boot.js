import init from './empty.js';

await init({ module_or_path: 'empty_bg.wasm' });
