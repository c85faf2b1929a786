/** Directives that rmsx writes itself, and what to use instead. */
const owned: Readonly<Record<string, string>> = {
  port: 'use ports.base, or port of the node',
  'tls-port': 'rmsx does not speak TLS to the nodes',
  'tls-replication': 'rmsx does not speak TLS to the nodes',
  'tls-cluster': 'rmsx does not speak TLS to the nodes',
  bind: 'the container listens on all of its addresses; use ports.bind for the host',
  'bind-source-addr': 'a node connects from its own address; from another one no replica would reach its source',
  'protected-mode': 'it stays on, for the case that the password gets lost',
  requirepass: 'use passwordFile',
  masterauth: 'use passwordFile; it is the same on every node, as roles change',
  masteruser: 'replicas log in as the default user',
  user: 'rmsx logs in as the default user, and files of a cluster hold no other secrets',
  aclfile: 'rmsx logs in as the default user',
  replicaof: 'use source of the node',
  'replica-read-only': 'a replica that took writes would differ from its source for ever',
  'replica-announce-ip': 'the address of the node is announced',
  'replica-announce-port': 'the port of the node is announced',
  'replica-announced': 'a node that is not announced cannot be checked',
  include: 'rmsx includes role.conf, and nothing that it has not checked',
  dir: 'data is in /data, where the volume is',
  dbfilename: 'data that is kept would not be found again under another name',
  appendfilename: 'data that is kept would not be found again under another name',
  appenddirname: 'data that is kept would not be found again under another name',
  'shutdown-on-sigterm': 'a server that is stopped hands over to its replicas and writes its data down',
  daemonize: 'a server in the background ends its container',
  supervised: 'the engine supervises the servers',
  logfile: 'logs go to standard output, where docker logs finds them',
  'syslog-enabled': 'logs go to standard output, where docker logs finds them',
  'rename-command': 'use disabledCommands',
  appendonly: 'use persistence: aof, rdb or none',
  'cluster-enabled': 'these are masters and replicas, not a Redis Cluster',
  'tls-key-file-pass': 'rmsx does not speak TLS to the nodes',
  'tls-client-key-file-pass': 'rmsx does not speak TLS to the nodes',
};

/** @returns why a directive is not for users, and what is; undefined for one that is */
export const whyOwned = (directive: string): string | undefined =>
  Object.hasOwn(owned, directive) ? owned[directive] : undefined;

/** Directives that are sound for all nodes alike, and take replicas apart from their source where one node has another value. */
const shared: Readonly<Record<string, string>> = {
  databases: 'a replica writes into its database 0 what is for one that it does not have',
};

/** @returns why a directive must be the same on all nodes; undefined for one that may differ */
export const whyShared = (directive: string): string | undefined =>
  Object.hasOwn(shared, directive) ? shared[directive] : undefined;
