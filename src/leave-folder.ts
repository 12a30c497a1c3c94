import { OWN_FOLDER } from './programs.js';

/*
 * Libraries that a graphics driver or ONNX Runtime loads by name are also looked for in the current folder on some
 * systems. Done here and not with `cwd` when the process is started, since paths in NODE_OPTIONS are meant from the
 * user's folder and are read before this.
 */
process.chdir(OWN_FOLDER);
