/** What a data source is called among people: an upload by its file's name. */
export function sourceName(source: string): string {
  const uploaded = /^upload:[0-9a-f]+\/(.+)$/.exec(source)?.[1];
  return uploaded ? `${uploaded} (uploaded)` : source;
}
