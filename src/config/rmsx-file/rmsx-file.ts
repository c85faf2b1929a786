import type { Directives } from '../../domain/cluster.ts';
import { limitedClasses } from '../../domain/merge-directives.ts';
import { canonicalNodeName } from '../../domain/names.ts';
import { readDirective } from '../read-directive.ts';
import { prioritySetting, settings } from '../settings.ts';
import type { NodeRequest, UpRequest } from '../up-request.ts';
import { clusterNameIn } from './cluster-name-in.ts';
import type { FileContent, NodeInFile } from './content.ts';
import type { DirectiveInFile } from './directives.ts';
import { rmsxFileKeys } from './keys.ts';
import { apiVersion } from './limits.ts';
import { Notes } from './notes.ts';
import { parseYaml } from './parse-yaml.ts';
import { reportCharacters } from './report-characters.ts';
import type { Value } from './values.ts';

export { clusterNameIn } from './cluster-name-in.ts';

/** What rmsx.yaml asks for, and everything in it that cannot be read. */
export interface RmsxFile {
  readonly name: string | undefined;
  /** As far as the file can be read. `directives` and `nodes` are always there: what the file says is all there is. */
  readonly request: Omit<UpRequest, 'name' | 'password' | 'pull' | 'allowCommands'>;
  /** As it is written: relative to the file. */
  readonly passwordFile: string | undefined;
  /** Every problem of the text, of keys and of kinds of values: `rmsx.yaml:12: network.subnet: message`. */
  readonly problems: readonly string[];
  /**
   * Where the file says what a problem of `checkUpRequest` is about, in the words of the file:
   * `rmsx.yaml:12: replication.timeout` for `redis.repl-timeout`; undefined for what is not in the file.
   */
  readonly locate: (path: string) => string | undefined;
}

/**
 * Reads rmsx.yaml. It never throws. What the values mean together is left to `checkUpRequest`.
 * @param text - of the file
 * @param fileName - how messages call it
 */
export function parseRmsxFile(text: string, fileName: string): RmsxFile {
  const notes = new Notes(fileName);
  // A character that does not belong in a text makes nonsense of all that the parser would say.
  const root = reportCharacters(text, notes) ? undefined : parseYaml(text, notes);
  const content = root === undefined ? {} : readRoot(root, notes);
  if (content.name !== undefined && clusterNameIn(text) !== content.name) reportHiddenName(root, notes);
  const request = requestOf(content, notes);
  return {
    name: content.name,
    request,
    passwordFile: content.passwordFile,
    problems: notes.problems(),
    locate: (path) => notes.locate(path),
  };
}

/** Other commands than those that read the whole file have to find the name too. */
function reportHiddenName(root: Value | undefined, notes: Notes): void {
  const entry = root?.kind === 'map' ? root.entries.find(({ key }) => key === 'name') : undefined;
  const message = 'write it on a line of its own, as in name: redis-server, so that every command finds it';
  notes.report({ path: 'name', line: entry?.line ?? 1 }, message);
}

function readRoot(root: Value, notes: Notes): FileContent {
  const place = { path: '', line: root.line };
  if (root.kind === 'nothing') {
    notes.report(place, 'the file is empty; rmsx init writes one that is not');
    return {};
  }
  if (root.kind === 'map' && !root.entries.some(({ key }) => key === 'apiVersion')) {
    notes.report({ path: 'apiVersion', line: root.line }, `is missing; write apiVersion: ${apiVersion}`);
  }
  return rmsxFileKeys.read(root, place, notes) ?? {};
}

function requestOf(content: FileContent, notes: Notes): RmsxFile['request'] {
  const { image, topology, replicas, fanout, network, ports, timezone, persistence, disabledCommands } = content;
  const nodes = [...(content.nodes ?? [])].map(([name, node]) => [name, nodeRequest(node)] as const);
  return {
    image,
    topology,
    replicas,
    fanout,
    subnet: network?.subnet,
    basePort: ports?.base,
    bind: ports?.bind,
    timezone,
    persistence,
    disabledCommands,
    directives: directivesOf(content, notes),
    nodes: Object.fromEntries(nodes),
    complete: true,
  };
}

function nodeRequest({ source, image, ip, port, priority, redis }: NodeInFile): NodeRequest {
  return {
    ...(source === undefined ? {} : { source: canonicalNodeName(source) }),
    image,
    ip,
    port,
    directives: { ...linesOf(redis), ...written(prioritySetting.directive, priority) },
  };
}

function directivesOf(content: FileContent, notes: Notes): Directives {
  const groups: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>> = {
    replication: content.replication,
    memory: content.memory,
  };
  const named = settings.flatMap(({ path, directive, kind }) => {
    const [group = '', key = ''] = path.split('.');
    const lines = Object.entries(written(directive, groups[group]?.[key]));
    return lines.map(([name, own]) => {
      const more = kind === 'buffer-limit' ? content.redis?.get(name) : undefined;
      if (more) reportSameClasses(own, more, path, notes);
      return [name, [...own, ...(more?.lines ?? [])]] as const;
    });
  });
  return { ...linesOf(content.redis), ...Object.fromEntries(named) };
}

const linesOf = (directives: ReadonlyMap<string, DirectiveInFile> | undefined): Directives =>
  Object.fromEntries([...(directives ?? [])].map(([name, { lines }]) => [name, lines]));

/** A setting as the directive that it is; nothing where the file does not have it. */
function written(directive: string, text: string | undefined): Directives {
  const read = text === undefined ? undefined : readDirective(directive, [text]);
  return read === undefined || typeof read === 'string' ? {} : { [read.name]: read.lines };
}

/** Limits are for classes of clients, four words each; a class that has two limits has the last one alone. */
function reportSameClasses(own: readonly string[], more: DirectiveInFile, path: string, notes: Notes): void {
  const known = limitedClasses(own);
  const both = limitedClasses(more.lines).find((name) => known.includes(name));
  if (both !== undefined) notes.report(more.place, `sets the limit of replicas, as ${path} does: keep one of them`);
}
