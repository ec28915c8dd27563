import { SecretValue } from '../../key/secret-value.ts';

/** The value of `Authorization` for HTTP Basic (RFC 7617). */
export function basicCredential(username: string, password: SecretValue): SecretValue {
  return new SecretValue(`Basic ${Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')}`);
}
