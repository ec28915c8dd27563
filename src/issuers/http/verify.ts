import type { HttpClient, HttpRequest } from '../../http/client.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import { discloses } from '../../key/disclosure.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import { isKeyID } from '../key-id.ts';
import type { Issuer, KeyRecord, PresumedKey } from '../port.ts';
import { basicCredential } from './basic.ts';
import type { DeclaredRequest, HttpDeclaration } from './declaration.ts';
import { pointTo } from './pointer.ts';
import { readKeyID, readKeyRecord } from './record.ts';
import { fill, namesIn, type Values } from './template.ts';

interface VerifyDeps {
  readonly declaration: HttpDeclaration;
  readonly environment: string;
  readonly client: HttpClient;
  readonly name: string;
  readonly request: (declared: DeclaredRequest, operation: string, values: Values) => HttpRequest;
  readonly find: (keyID: string) => Promise<KeyRecord | undefined>;
}

const OPERATION = 'verify a key';
const REJECTED = [401];

/**
 * Shows a key to its issuer and learns which one it is: from the answer, from its own text, or because the issuer accepts it together
 * with its id. Where none of these tells, only status is believed: the id that it recorded with this fingerprint.
 */
export function createVerify({ declaration, environment, client, name, request, find }: VerifyDeps): Issuer['verify'] {
  const { verify, key: described } = declaration;
  const { rejected = REJECTED, accepted = [] } = verify;
  const showsID = namesIn(verify.credential.basic?.username ?? '').includes('keyID');
  const needsID = showsID || namesIn(JSON.stringify(verify.request)).includes('keyID');

  return async (key, presumed) => {
    const own = idInText(key, verify.keyIDInText);
    const claimed = own ?? presumed?.keyID;
    if (needsID && !isKeyID(claimed)) return undefined;
    const asked = request(verify.request, OPERATION, { texts: { keyID: claimed } });
    const credential = credentialOf(verify.credential, key, claimed);
    const answer = await client.request({
      ...asked,
      ...credential,
      question: true,
      expect: [...rejected, ...accepted],
    });
    if (rejected.includes(answer.status)) return undefined;
    if (verify.record !== undefined) {
      const record = readKeyRecord(described, environment, pointTo(answer.body, verify.record));
      return record ?? unusable('it neither describes nor rejects the key');
    }
    const keyID =
      verify.keyID === undefined
        ? (own ?? identify(key, presumed))
        : readKeyID(answer.body, { ...described, keyID: verify.keyID });
    if (keyID === undefined && verify.keyID !== undefined) unusable('it has no id of the key');
    if (keyID !== undefined && discloses(keyID, key)) unusable('what should be the id of the key gives away its text');
    return keyID === undefined ? undefined : find(keyID);
  };

  function identify(key: SecretValue, presumed: PresumedKey | undefined): string | undefined {
    if (verify.keyIDInText || !isKeyID(presumed?.keyID)) return undefined;
    // Where the credential is the pair of id and text, the issuer itself says that they belong together.
    return showsID || presumed.fingerprint === fingerprint(key) ? presumed.keyID : undefined;
  }

  function unusable(why: string): never {
    throw errorOfUnusableAnswer({ peer: name, operation: OPERATION, idempotent: true }, why);
  }
}

function credentialOf(
  { type, header, basic }: HttpDeclaration['verify']['credential'],
  key: SecretValue,
  keyID: string | undefined,
): Pick<HttpRequest, 'bearer' | 'credentials'> {
  if (type === 'Header' && header) return { credentials: { [header.name.toLowerCase()]: key } };
  if (type === 'Basic' && basic)
    return { credentials: { authorization: basicCredential(fill(basic.username, { texts: { keyID } }), key) } };
  return { bearer: key };
}

function idInText(key: SecretValue, declared: HttpDeclaration['verify']['keyIDInText']): string | undefined {
  const part = declared && key.reveal().split(declared.separator)[declared.part - 1];
  return isKeyID(part) && !discloses(part, key) ? part : undefined;
}
