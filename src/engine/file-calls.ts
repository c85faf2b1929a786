import type { IncomingMessage } from 'node:http';
import { type RmsxError, retold } from '../domain/errors.ts';
import type { Directory, Engine } from '../domain/ports.ts';
import { toPrintable } from '../domain/printable.ts';
import { readConf } from '../render/conf-directory.ts';
import { packDirectories, unpackFiles } from './archive.ts';
import { parseLogFrames } from './log-frames.ts';
import { serverUserOf } from './server-user.ts';
import { short, strangeReply, type Wire, wordless } from './wire.ts';

/** What goes into containers and comes out of them, their last words too. */
export function fileCalls({
  docker,
  heavyCall,
  look,
}: Wire): Pick<Engine, 'serverUser' | 'writeFiles' | 'stampOf' | 'readFiles' | 'endOf' | 'memoryLimitOf' | 'logs'> {
  return {
    serverUser: async (id) => {
      const container = docker.getContainer(id);
      const user = await look(`look at ${short(id)}`, async () => {
        const { Config } = await container.inspect();
        if (typeof Config !== 'object') throw strangeReply();
        return Config.User ?? '';
      });
      const reading = look('read /etc/passwd', async () =>
        unpackFiles(await container.getArchive({ path: '/etc/passwd' })),
      );
      const files = await reading.catch(noneIfGone);
      return serverUserOf(user, files.get('passwd') ?? '');
    },
    writeFiles: (id, directories, owner) =>
      heavyCall(`write files into ${short(id)}`, async () => {
        const archive = await packDirectories(directories, owner);
        await wordless(docker.getContainer(id).putArchive(archive, { path: '/' }));
      }).catch((error: RmsxError) => {
        throw withoutPasswords(error, directories);
      }),
    stampOf: (id, path) =>
      look(`look at ${path} of ${short(id)}`, async () =>
        toStampSeconds(await docker.getContainer(id).infoArchive({ path })),
      ).catch((error: RmsxError) => {
        if (error.reason === 'gone') return null;
        throw error;
      }),
    readFiles: (id, directory) =>
      look(`read ${directory} of ${short(id)}`, async () =>
        unpackFiles(await docker.getContainer(id).getArchive({ path: directory })),
      ).catch(noneIfGone),
    endOf: (id) =>
      look(`look at ${short(id)}`, async () => {
        const { State, RestartCount } = await docker.getContainer(id).inspect();
        return { outOfMemory: State.OOMKilled, restarts: RestartCount };
      }),
    memoryLimitOf: (id) =>
      look(`look at ${short(id)}`, async () => {
        const { HostConfig } = await docker.getContainer(id).inspect();
        return HostConfig?.Memory || null;
      }),
    logs: (id, lines) =>
      look(`read the log of ${short(id)}`, async () =>
        parseLogFrames(await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: lines, follow: false })),
      ),
  };
}

/** Only what is sent here holds a password, and what answers in the place of an engine may repeat what it was sent. */
function withoutPasswords(error: RmsxError, directories: readonly Directory[]): RmsxError {
  const shown = directories.reduce((text, { files }) => {
    const conf = readConf(new Map(files.map(({ name, content }) => [name, content])));
    return conf ? toPrintable(text, conf.password) : text;
  }, error.message);
  return shown === error.message ? error : retold(error, shown);
}

/** The engine answers in a header: JSON in base64. */
function toStampSeconds(reply: NodeJS.ReadableStream): number | null {
  reply.resume();
  const header = (reply as IncomingMessage).headers['x-docker-container-path-stat'];
  if (typeof header !== 'string') throw strangeReply();
  const { mtime } = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { mtime?: string };
  return mtime === undefined ? null : Date.parse(mtime) / 1000;
}

function noneIfGone(error: RmsxError): ReadonlyMap<string, string> {
  if (error.reason === 'gone') return new Map();
  throw error;
}
