const COLUMN = /^(?:actor|participant) (\w+)(?: as [\w ,-]+)?$/;
/** A semicolon would end the statement, a number sign begin an entity, two per cent signs a comment. */
const TEXT = ': [^;#%:<>{}]+';
const ARROW = new RegExp(`^(\\w+)(?:->>|-->>|-x|--x)(\\w+)${TEXT}$`);
const NOTE = new RegExp(`^Note over (\\w+)(?:,(\\w+))?${TEXT}$`);

/** The rows of a sequence diagram that are not in the part of Mermaid's grammar that drawings need. */
export function mistakes(picture: string): string[] {
  const [first, ...rows] = picture.trimEnd().split('\n');
  const known = new Set(rows.flatMap((row) => COLUMN.exec(row.trim())?.[1] ?? []));
  const wrong = rows.filter((row) => {
    const text = row.trim();
    if (COLUMN.test(text)) return false;
    const actors = (ARROW.exec(text) ?? NOTE.exec(text))?.slice(1).filter((actor) => actor !== undefined);
    return actors === undefined || actors.some((actor) => !known.has(actor));
  });
  return first === 'sequenceDiagram' ? wrong : [first ?? '', ...wrong];
}
