// Where the program begins: first the settings of the engine, since it begins to work by them with the next line that runs;
// then everything else.

import './heap.ts';

await import('./main.ts');
