import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a certificate is for. */
export interface CertificateWish {
  /** Host names and addresses, as openssl wants them. @default IP:127.0.0.1,DNS:localhost */
  readonly names?: string;
  /** How long it is valid; less than 0: it has expired. @default 2 */
  readonly days?: number;
}

/** A certificate authority of the test's own, made with the openssl program. */
export class Certificates {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'rmsx-tls-'));
  #count = 0;

  constructor() {
    this.#openssl('req', '-x509', ...newKey('ca-key.pem'), '-out', 'ca.pem', '-subj', '/CN=rmsx-test-ca', '-days', '2');
  }

  /** @returns a directory with ca.pem, cert.pem and key.pem, as DOCKER_CERT_PATH wants it */
  issue({ names = 'IP:127.0.0.1,DNS:localhost', days = 2 }: CertificateWish = {}): string {
    const name = `issued-${this.#count++}`;
    const directory = join(this.directory, name);
    mkdirSync(directory);
    writeFileSync(join(directory, 'ext'), `subjectAltName=${names}\n`);
    this.#openssl('req', '-new', ...newKey(`${name}/key.pem`), '-out', `${name}/request.pem`, '-subj', `/CN=${name}`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', String(days)];
    const out = ['-in', `${name}/request.pem`, '-extfile', `${name}/ext`, '-out', `${name}/cert.pem`];
    this.#openssl('x509', '-req', ...signed, ...out);
    execFileSync('cp', ['ca.pem', `${name}/ca.pem`], { cwd: this.directory });
    return directory;
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }

  /** Takes the files away. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const newKey = (file: string): readonly string[] => [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-nodes',
  '-keyout',
  file,
];
