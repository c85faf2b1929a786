/**
 * Directives that a server reads when it starts and refuses to change while it runs, in any supported version: what CONFIG
 * SET calls immutable or protected, and what it does not know. Canonical names. The servers were asked themselves, and
 * test/docker/boot-only.test.ts asks them again.
 */
const names = `
  aclfile always-show-logo aof-rewrite-cpulist appenddirname appendfilename bgsave-cpulist bind-source-addr bio-cpulist
  cluster-config-file cluster-enabled cluster-port daemonize databases dbfilename dir disable-thp enable-debug-command
  enable-module-command enable-protected-configs include io-threads io-threads-do-reads loadmodule locale-collate logfile
  pidfile port bind tls-port rdbchecksum rdma-bind rdma-completion-vector rdma-port rdma-rx-size rename-command replicaof
  server-cpulist set-proc-title proc-title-template socket-mark-id supervised syslog-enabled syslog-facility syslog-ident
  tcp-backlog unixsocket unixsocketgroup unixsocketperm user`;

const known: ReadonlySet<string> = new Set(names.trim().split(/\s+/));

/** @returns whether a directive takes a restart of the server to change */
export const isBootOnly = (directive: string): boolean => known.has(directive);
