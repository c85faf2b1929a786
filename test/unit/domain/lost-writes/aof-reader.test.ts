import { describe, expect, test } from 'vitest';
import type { FileTail } from '../../../../src/domain/lost-writes/align.ts';
import { parseManifest } from '../../../../src/domain/lost-writes/aof-manifest.ts';
import { AofReader } from '../../../../src/domain/lost-writes/aof-reader.ts';
import { lines, stream } from './streams.ts';

const files = {
  /** The base files that Redis 7.0 and Valkey 8.1 make for a server without data. */
  emptyBase:
    'UkVESVMwMDEw+glyZWRpcy12ZXIGNy4wLjE1+gpyZWRpcy1iaXRzwED6BWN0aW1lwnZPC2v6CHVzZWQtbWVtwphfDQD6CGFvZi1iYXNlwAH/PWKnUaRk4Hg=',
  emptyBaseOfValkey:
    'UkVESVMwMDEx+gp2YWxrZXktdmVyBTguMS4x+gpyZWRpcy1iaXRzwED6BWN0aW1lwnpPC2v6CHVzZWQtbWVtwsicDQD6CGFvZi1iYXNlwAH/mTscvGKJ1SE=',
  /** The base file of Redis 7.0 with one key. */
  base: 'UkVESVMwMDEw+glyZWRpcy12ZXIGNy4wLjE1+gpyZWRpcy1iaXRzwED6BWN0aW1lwoBPC2v6CHVzZWQtbWVtwkBWDgD6CGFvZi1iYXNlwAH+APsBAAABYcAB/0uPb7qH4KoU',
  /** The one file of Redis 6.0 after a rewrite: a snapshot of two keys, and three writes behind it. */
  rewritten:
    'UkVESVMwMDA5+glyZWRpcy12ZXIGNi4wLjE2+gpyZWRpcy1iaXRzwED6BWN0aW1lwn5PC2v6CHVzZWQtbWVtwmhNDQD6DGFvZi1wcmVhbWJsZcAB/gD7AQAAAWHAAf4D+wEADgFsARQUAAAAEAAAAAMAAAF4AwF5AwF6//+WE01VDszRdSoyDQokNg0KU0VMRUNUDQokMQ0KMA0KKjMNCiQzDQpzZXQNCiQxDQpiDQokMQ0KMg0KKjMNCiQzDQpzZXQNCiQxDQpjDQokMQ0KMw0KKjMNCiQ5DQpQRVhQSVJFQVQNCiQxDQpjDQokMTMNCjE3OTU5MDM0NTkyNTANCioyDQokNA0KaW5jcg0KJDENCm4NCg==',
} as const;

const bytesIn = (file: keyof typeof files): Buffer => Buffer.from(files[file], 'base64');

function read(parts: readonly (readonly Buffer[])[], keptBytes = 1e6): FileTail {
  const reader = new AofReader(keptBytes);
  for (const chunks of parts) {
    reader.beginPart();
    for (const chunk of chunks) reader.take(chunk);
  }
  return reader.end();
}

const bytewise = (whole: Buffer): readonly Buffer[] => [...whole].map((byte) => Buffer.from([byte]));

describe('an append-only file', () => {
  test('of commands alone must be whole, and its cut-off end left out', () => {
    const whole = stream('SELECT 0', 'SET a 1', 'SET b 2');
    for (const chunks of [[whole.subarray(0, -4)], bytewise(whole.subarray(0, -4))]) {
      const { writes, isWhole } = read([chunks]);
      expect(lines(writes)).toEqual(['SET a 1']);
      expect(isWhole).toBe(true);
    }
  });

  test('must be kept at its end only where it is long, and is not whole then', () => {
    const long = stream('SET a 1', 'MULTI', 'SET b 1', 'SET c 1', 'EXEC', 'SET d 1', 'SET e 1');
    const { writes, isWhole } = read([bytewise(long)], stream('SET d 1', 'SET e 1').length + 5);
    expect(lines(writes)).toEqual(['SET d 1', 'SET e 1']);
    expect(isWhole).toBe(false);
  });

  test('must keep the database of what it keeps, and leave out a transaction whose beginning it dropped', () => {
    const long = stream('SELECT 7', 'SET a 1', 'MULTI', 'SELECT 2', 'SET b 1', 'SET c 1', 'EXEC', 'SET d 1');
    for (const [last, database] of [
      [['SET d 1'], 2],
      [['SET c 1', 'EXEC', 'SET d 1'], 2],
      [['SET b 1', 'SET c 1', 'EXEC', 'SET d 1'], 2],
    ] as const) {
      const { writes } = read([bytewise(long)], stream(...last).length);
      expect([lines(writes), writes[0]?.database]).toEqual([['SET d 1'], database]);
    }
  });

  test.each(['emptyBase', 'emptyBaseOfValkey'] as const)('that begins with nothing must be whole: %s', (base) => {
    const { writes, isWhole } = read([bytewise(bytesIn(base)), [stream('SET a 1')]]);
    expect(lines(writes)).toEqual(['SET a 1']);
    expect(isWhole).toBe(true);
  });

  test('that begins with data must not be whole', () => {
    expect(read([[bytesIn('base')], [stream('SET a 1')]])).toMatchObject({ isWhole: false, writes: [{ database: 0 }] });
  });

  test('that goes on behind a snapshot must be read from there, however it is cut into pieces', () => {
    for (const chunks of [[bytesIn('rewritten')], bytewise(bytesIn('rewritten'))]) {
      const { writes, isWhole } = read([chunks]);
      expect(lines(writes)).toEqual(['set b 2', 'set c 3', 'PEXPIREAT c 1795903459250', 'incr n']);
      expect(isWhole).toBe(false);
    }
  });

  test('that ends inside a snapshot, or has another one than its checksum says, must have no write', () => {
    expect(read([[bytesIn('rewritten').subarray(0, 120)]])).toEqual({ writes: [], isWhole: false });
    const broken = bytesIn('rewritten');
    broken[100] = 0x20;
    expect(read([[broken]])).toEqual({ writes: [], isWhole: false });
  });

  test('must be refused where it is none', () => {
    expect(() => read([[Buffer.from('something else')]])).toThrow(RangeError);
  });
});

describe('a manifest', () => {
  test('must give the files oldest first, without those that wait for their removal', () => {
    const text = [
      'file appendonly.aof.2.base.rdb seq 2 type b',
      'file appendonly.aof.1.incr.aof seq 1 type h',
      'file appendonly.aof.10.incr.aof seq 10 type i',
      'file appendonly.aof.9.incr.aof seq 9 type i startoffset 0',
      '',
    ].join('\n');
    expect(parseManifest(text)).toEqual([
      { file: 'appendonly.aof.2.base.rdb', kind: 'base' },
      { file: 'appendonly.aof.9.incr.aof', kind: 'incremental' },
      { file: 'appendonly.aof.10.incr.aof', kind: 'incremental' },
    ]);
  });

  test('must be refused where it is none, or names a file elsewhere', () => {
    expect(parseManifest('file ../../etc/passwd seq 1 type i')).toBe(null);
    expect(parseManifest('hello')).toBe(null);
  });
});
