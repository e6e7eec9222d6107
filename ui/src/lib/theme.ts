/** Light or dark: as the system has it, unless the reader chose; the choice is remembered. */
import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { store } from "./store";

export type Theme = "system" | "light" | "dark";
const KEY = "mlcl-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

export const theme = store<Theme>(remembered());

function remembered(): Theme {
  const found = localStorage.getItem(KEY);
  return found === "light" || found === "dark" ? found : "system";
}

function apply() {
  const dark = theme.get() === "dark" || (theme.get() === "system" && system.matches);
  applyMode(dark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

export function startTheme(): void {
  applyDensity(Density.Comfortable);
  apply();
  system.addEventListener("change", apply);
  theme.watch(() => {
    localStorage.setItem(KEY, theme.get());
    apply();
  });
}
