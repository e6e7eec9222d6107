/** A problem file to be read. */
export function TomlText({ text, label }: { text: string; label: string }) {
  return (
    // Scrolls, so it must be reached by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="toml" tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  );
}
