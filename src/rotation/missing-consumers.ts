interface Missing {
  readonly name: string;
  readonly message?: string;
}

/** A condition holds 4096 characters; what ends the wait must fit in beside this. */
const MAX_SHOWN = 5;
const MAX_TOLD = 300;

/** Consumers that are waited for, each with what is missing of it, in fewer than 2,000 characters. */
export function consumersText(consumers: readonly Missing[]): string {
  const shown = consumers.slice(0, MAX_SHOWN).map(told).join(', ');
  return consumers.length > MAX_SHOWN ? `${shown} and ${consumers.length - MAX_SHOWN} more` : shown;
}

/** A command stands in a line of its own, for those who look there. */
function told({ name, message: lines }: Missing): string {
  const [message] = lines?.split('\n') ?? [];
  if (!message) return name;
  return `${name} (${message.length > MAX_TOLD ? `${message.slice(0, MAX_TOLD)}…` : message})`;
}
