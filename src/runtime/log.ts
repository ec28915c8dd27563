/** The part of a logger that machinery uses; pino's fits. The fields come first, the message is a plain sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds these fields to every line. */
  child(bindings: Record<string, unknown>): Log;
}

/** Says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog };

/** As `log.child` is, and made when there is something to say first: most reconciles say nothing, and ten thousand begin with a start. */
export function childOf(log: Log, bindings: Record<string, unknown>): Log {
  let made: Log | undefined;
  const child = (): Log => {
    made ??= log.child(bindings);
    return made;
  };
  return {
    debug: (fields, message) => child().debug(fields, message),
    info: (fields, message) => child().info(fields, message),
    warn: (fields, message) => child().warn(fields, message),
    error: (fields, message) => child().error(fields, message),
    child: (more) => childOf(log, { ...bindings, ...more }),
  };
}
