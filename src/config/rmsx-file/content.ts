import type { Persistence, Topology } from '../../domain/cluster.ts';
import type { DirectiveInFile } from './directives.ts';

/** Directives of redis.conf by their modern names. */
type DirectivesInFile = ReadonlyMap<string, DirectiveInFile>;

/** Named settings as redis.conf writes them, by their keys. */
type SettingsInFile = Readonly<Record<string, string | undefined>>;

/** What the file says of one node. */
export interface NodeInFile {
  readonly source?: string | undefined;
  readonly image?: string | undefined;
  readonly ip?: string | undefined;
  readonly port?: number | undefined;
  readonly priority?: string | undefined;
  readonly redis?: DirectivesInFile | undefined;
}

/** What the file says, as far as it can be read. */
export interface FileContent {
  /** For editors; it means nothing here. */
  readonly $schema?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly topology?: Topology | undefined;
  readonly replicas?: number | undefined;
  readonly fanout?: number | undefined;
  readonly network?: { readonly subnet?: string | undefined; readonly driver?: string | undefined } | undefined;
  readonly ports?: { readonly base?: number | 'auto' | undefined; readonly bind?: string | undefined } | undefined;
  readonly timezone?: string | undefined;
  readonly persistence?: Persistence | undefined;
  readonly passwordFile?: string | undefined;
  readonly disabledCommands?: readonly string[] | undefined;
  readonly replication?: SettingsInFile | undefined;
  readonly memory?: SettingsInFile | undefined;
  readonly redis?: DirectivesInFile | undefined;
  /** By the names that rmsx uses. */
  readonly nodes?: ReadonlyMap<string, NodeInFile> | undefined;
}
