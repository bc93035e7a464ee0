import { MIRROR } from './mirror.mjs';

/** For tap: any test may cover all of src/; what only tests use is not measured. */
export default () => `${MIRROR}/src/**/*.js`;
