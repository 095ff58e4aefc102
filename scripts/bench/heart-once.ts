// Prints how many frames per second of CPU the heart of a checkout takes: started with its folder.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder = ''] = process.argv.slice(2);
const { heart } = await import(pathToFileURL(join(folder, 'scripts/bench/heart.ts')).href);
console.log(heart([]).framesPerSecond);
