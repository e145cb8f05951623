import init from './empty.js';

await init();
