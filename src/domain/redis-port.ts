import type { Address } from './cluster.ts';
import type { DataAccess } from './data.ts';
import type { ServerInfo } from './server-info.ts';

/** What became of a marker. */
export interface Marked {
  /** The offset of the server right after the marker. */
  readonly offset: number;
  /** How many direct replicas acknowledged it. */
  readonly acknowledged: number;
}

/** A place in the stream that a server sends to its replicas: the history, and the offset of a byte in it. */
export interface StreamPlace {
  readonly replid: string;
  readonly offset: number;
}

/** A part of that stream, from its first byte on. */
export interface StreamPart extends StreamPlace {
  readonly bytes: number;
}

/** A connection to one server, logged in but for that of a stranger. Every method ends within a deadline and throws RmsxError only. */
export interface RedisConnection {
  info(): Promise<ServerInfo>;
  follow(source: Address): Promise<void>;
  /** Stops following, and cuts the clients that believe this is a replica. One transaction. */
  becomeMaster(): Promise<void>;
  /** Stops being the master: follows another server, and refuses writes. @returns its last offset as the master */
  stepDown(source: Address): Promise<number>;
  /** Lets the writes of clients wait, for so long at most; of servers from 6.2 on. */
  holdWrites(timeoutMs: number): Promise<void>;
  /** Lets them go on. */
  releaseWrites(): Promise<void>;
  /** Cuts the clients, which look for the master again then. */
  cutClients(): Promise<void>;
  /** Throws where the server refuses writes. Changes no key. */
  proveWritable(): Promise<void>;
  /** The value of a directive, as CONFIG GET gives it; null where the server does not know it. */
  setting(name: string): Promise<string | null>;
  /** Changes a directive while the server runs. */
  configure(name: string, value: string): Promise<void>;
  /** Admits clients with another password beside the one that is known, and logs in with it at the source. */
  admitPassword(password: string): Promise<void>;
  /** Logs in at the source with the password that it is logged in with here. @returns whether it had another one */
  keepOwnMasterauth(): Promise<boolean>;
  /** Admits clients with this password alone; those that are logged in stay. */
  requirePassword(password: string): Promise<void>;
  /** Cuts the link to the source of a replica, which opens another one at once. */
  relink(): Promise<void>;
  /** Publishes a marker and waits until that many direct replicas acknowledged it, or the time is up. */
  mark(marker: string, replicas: number, timeoutMs: number): Promise<Marked>;
  /** The ids of the Sentinels that listen at this server, as far as they tell: eight characters. */
  sentinels(): Promise<readonly string[]>;
  /** What the server answers to PING, be it a refusal. */
  greet(): Promise<string>;
  /**
   * Reads, on a connection of its own, a part of the stream that the server still has for replicas that come back. Whoever
   * asks for what it does not have would make it copy all of its data: its INFO says what it has.
   * @throws RmsxError where it does not hand it out, or the reason of the signal
   */
  readStream(part: StreamPart, signal: AbortSignal): Promise<Buffer>;
  readonly data: DataAccess;
  close(): void;
}

/** Connects to servers. */
export interface Redis {
  /** Loads what the first connection will need, while there is other work to wait for. */
  warmUp(): void;
  /**
   * Throws an RmsxError whose reason is `refused`, `no-answer` or `wrong-password`.
   * @param password - null for a stranger, who does not log in
   * @param timeoutMs - of connecting, and of each command; more than 500
   */
  connect(node: string, endpoint: Address, password: string | null, timeoutMs: number): Promise<RedisConnection>;
}
