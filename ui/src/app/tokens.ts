/** The design tokens that our style sheets use, under short names, on the body: there they follow light and dark. */
import * as tokens from "@cloudscape-design/design-tokens";

const NAMES = {
  "--text": tokens.colorTextBodyDefault,
  "--quiet": tokens.colorTextBodySecondary,
  "--ground": tokens.colorBackgroundContainerContent,
  "--page": tokens.colorBackgroundLayoutMain,
  "--line": tokens.colorBorderDividerDefault,
  "--field": tokens.colorBorderInputDefault,
  "--focus": tokens.colorBorderItemFocused,
  "--link": tokens.colorTextLinkDefault,
  "--hover": tokens.colorBackgroundDropdownItemHover,
  "--chosen": tokens.colorBackgroundItemSelected,
  "--good": tokens.colorTextStatusSuccess,
  "--bad": tokens.colorTextStatusError,
  "--warn": tokens.colorTextStatusWarning,
  "--busy": tokens.colorTextStatusInfo,
  "--idle": tokens.colorTextStatusInactive,
  "--mono": tokens.fontFamilyMonospace,
  "--sans": tokens.fontFamilyBase,
};

export function startTokens(): void {
  for (const [name, value] of Object.entries(NAMES)) document.body.style.setProperty(name, value);
}
