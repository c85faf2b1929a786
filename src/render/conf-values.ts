import { posix } from 'node:path';
import { prioritySetting, settings } from '../config/settings.ts';
import { type ClusterSpec, type Directives, imageOf, type NodeSpec } from '../domain/cluster.ts';
import { encodeWord } from '../domain/conf-grammar.ts';
import { nameFor } from '../domain/directives.ts';
import { askedFor, bufferLimit, mergeDirectives } from '../domain/merge-directives.ts';
import { confDirectory } from '../domain/names.ts';
import { type ServerVersion, versionOfImage } from '../domain/server-version.ts';
import { roleConf } from './conf-directory.ts';
import type { TemplateValues } from './template.ts';

/** Directives with a placeholder of their own that is left out unless somebody asks for them. */
const leftOut: readonly string[] = ['maxmemory', 'maxmemory-policy'];

/** Directives with a placeholder of their own that stand in one line or in several. */
const repeated: readonly string[] = [bufferLimit, 'save'];

/** Only where the server is known to know it: a directive that it does not know would keep it from starting. */
const dualChannel = 'dual-channel-replication-enabled';

/** What follows a directive where nobody asks for anything; each has a placeholder of its own. */
export const otherwise: Directives = {
  ...Object.fromEntries([...settings, prioritySetting].map((setting) => [setting.directive, [setting.otherwise]])),
  appendfsync: ['everysec'],
  save: ['3600 1', '300 100', '60 10000'], // in lines of their own: several in one are for Redis 7 and later
  [dualChannel]: ['no'],
};

/** @returns what the conf of a node says of a directive, the last line of several; null where it says nothing */
export const settingInConf = (cluster: ClusterSpec, node: string, directive: string): string | null =>
  askedFor(cluster, node, directive) ?? otherwise[directive]?.at(-1) ?? null;

/** @returns what a template of redis.conf must not leave out */
export const confEssentials = ({ persistence }: ClusterSpec): readonly string[] => [
  'port',
  'password',
  'disabled-commands',
  persistence,
  'directives',
  'role-conf',
];

/** @returns the sections of every template of which one alone comes out */
export const persistenceValues = ({ persistence }: ClusterSpec): TemplateValues => ({
  aof: persistence === 'aof',
  rdb: persistence === 'rdb',
  none: persistence === 'none',
});

/**
 * What redis.conf of a node can name. What was asked for goes to the placeholder of its directive where the template has
 * one, and to the list of directives where it has not: it is in the file in any case.
 * @param named - the names in the template
 */
export function confValues(
  cluster: ClusterSpec,
  node: NodeSpec,
  password: string,
  named: ReadonlySet<string>,
): TemplateValues {
  const version = versionOfImage(imageOf(cluster, node));
  const asked = mergeDirectives(cluster.directives, node.directives);
  const directives = Object.keys(asked)
    .filter((directive) => !(Object.hasOwn(otherwise, directive) && named.has(directive)))
    .sort()
    .flatMap((directive) => linesOf(directive, asked[directive] ?? [], version));
  const disabled = cluster.disabledCommands.map((command) => encodeWord(command));
  return {
    node: node.name,
    cluster: cluster.name,
    ip: node.address.host,
    port: String(node.address.port),
    password: encodeWord(password),
    'disables-commands': disabled.length > 0,
    'disabled-commands': disabled,
    ...persistenceValues(cluster),
    ...slots(asked, version),
    'has-directives': directives.length > 0,
    directives,
    'role-conf': posix.join(confDirectory, roleConf),
  };
}

/** A directive under the name that this server knows; nothing where it does not know it. */
function linesOf(directive: string, values: readonly string[], version: ServerVersion | null): readonly string[] {
  const name = nameFor(directive, version);
  return name === undefined ? [] : values.map((value) => `${name} ${value}`);
}

/** The values of the directives that have a placeholder of their own. */
function slots(asked: Directives, version: ServerVersion | null): TemplateValues {
  const values = Object.entries(otherwise).map(([directive, usual]) => {
    const all = mergeDirectives(isUsual(directive, version) ? { [directive]: usual } : {}, asked);
    const lines = all[directive] ?? [];
    if (repeated.includes(directive)) return [directive, lines];
    const last = nameFor(directive, version) === undefined ? undefined : lines.at(-1); // as the server has it
    return [directive, last ?? null];
  });
  return Object.fromEntries(values);
}

const isUsual = (directive: string, version: ServerVersion | null): boolean =>
  !leftOut.includes(directive) && (directive !== dualChannel || version !== null);
