import { createRequire } from 'node:module';
import type Docker from 'dockerode';

type DockerConstructor = new (options: Docker.DockerOptions) => Docker;

/**
 * Loads dockerode without the parts that rmsx never calls: gRPC (for building images) and ssh2. They cost twice as
 * much start-up time as all the rest. The parts stay usable for other code of the process, as they load on first call:
 * docs/decisions/006. This is for what runs from src; bin/build.js takes dockerode without them into dist (036).
 */
export function loadDockerode(): DockerConstructor {
  const require = createRequire(import.meta.url);
  const fromDockerode = createRequire(require.resolve('dockerode'));
  loadOnFirstCall(fromDockerode, './session.js');
  loadOnFirstCall(createRequire(fromDockerode.resolve('docker-modem')), './ssh.js');
  return require('dockerode') as DockerConstructor;
}

/** Puts a function into the module cache that loads the real module, which exports a function, when it is called. */
function loadOnFirstCall(require: NodeJS.Require, id: string): void {
  let filename: string;
  try {
    filename = require.resolve(id);
  } catch {
    return; // another version of the library: it loads as a whole
  }
  if (require.cache[filename]) return;
  function load(this: unknown, ...args: unknown[]): unknown {
    delete require.cache[filename];
    return (require(filename) as (...args: unknown[]) => unknown).apply(this, args);
  }
  const stand = { id: filename, filename, path: filename, loaded: true, exports: load, children: [], paths: [] };
  require.cache[filename] = stand as unknown as NodeJS.Module;
}
