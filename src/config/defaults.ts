/** What holds where neither a flag nor the environment nor a file nor the cluster itself says otherwise. */
export const defaults = {
  topology: 'star',
  replicas: 2,
  fanout: 2,
  /** A pinned minor: a moving tag changes the server under a running project. */
  image: 'redis:8.0',
  subnet: '172.19.0.0/24',
  basePort: 6379,
  bind: '127.0.0.1',
  persistence: 'aof',
  timeoutMs: 60_000,
  /** Commands that leak every key and block the server, or that empty the data and cannot fail. */
  disabledCommands: ['KEYS', 'FLUSHALL', 'FLUSHDB'],
} as const;
