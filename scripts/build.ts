// Builds the bridge as the npm package has it, for every platform: npm run build

import { bundle } from './bundle.ts';

await bundle('dist');
