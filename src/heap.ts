// Imported first: keeps the memory small, since the bridge runs for months beside others on a small machine.

import { setFlagsFromString } from 'node:v8';

// V8 would grow its young generation by 16 MB in the first second, for a program that makes a few objects a second.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');
// Its two optimizing compilers take 10 MB when they first have something to do. A bus of 9600 baud needs neither.
setFlagsFromString('--no-opt');
setFlagsFromString('--no-maglev');
// Code that ran only at the start goes with the next collections.
setFlagsFromString('--bytecode-old-age=1');
