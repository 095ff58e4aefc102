// Imported first: keeps the heap small, since the bridge runs for months beside others on a small machine. V8 would
// otherwise grow its young generation by 16 MB in the first second, for a program that makes a few objects a second.

import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');
