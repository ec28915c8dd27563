function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Whether a text is of a format, for the formats that a real API server checks and manifests use. */
export const knownFormats: { readonly [format: string]: (text: string) => boolean } = {
  'date-time': (text) => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text),
  date: isDate,
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  byte: (text) => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  duration: (text) => /^([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text),
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
};

/** Formats that a real API server checks and we do not. */
const others =
  'bsonobjectid cidr creditcard datetime double float hexcolor hostname int32 int64 ipv4 ipv6 isbn isbn10 isbn13 k8s-long-name k8s-short-name mac password rgbcolor ssn uri uuid3 uuid4 uuid5'.split(
    ' ',
  );

/** Whether a real API server knows a format; it warns of others. */
export function isKnownFormat(format: string): boolean {
  return format in knownFormats || others.includes(format);
}
