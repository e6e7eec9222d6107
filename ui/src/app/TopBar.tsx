import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { session, signInWanted } from "../lib/session";
import { useStore } from "../lib/store";
import { theme, type Theme } from "../lib/theme";
import { signOut } from "./session";

const THEMES: Record<Theme, string> = { system: "As the system has it", light: "Light", dark: "Dark" };

export function TopBar() {
  const chosen = useStore(theme);
  const who = useStore(session);
  const utilities: TopNavigationProps.Utility[] = [colours(chosen)];
  if (who?.needs_token) utilities.push(account(who.signed_in, who.name));
  return (
    <div id="top" className="top">
      <TopNavigation
        identity={{ href: "/", title: "mlcl", logo: { src: "/icon.svg", alt: "Wheel of the life cycle" } }}
        utilities={utilities}
        i18nStrings={{ overflowMenuTriggerText: "More", overflowMenuTitleText: "All" }}
      />
    </div>
  );
}

function colours(chosen: Theme): TopNavigationProps.Utility {
  return {
    type: "menu-dropdown",
    iconName: "settings",
    ariaLabel: "Settings",
    title: "Colours",
    items: (Object.keys(THEMES) as Theme[]).map((id) => ({ id, text: THEMES[id], itemType: "checkbox", checked: id === chosen })),
    onItemClick: ({ detail }) => theme.set(detail.id as Theme),
  };
}

function account(signedIn: boolean, name: string): TopNavigationProps.Utility {
  if (!signedIn) return { type: "button", text: "Sign in", onClick: () => signInWanted.set(true) };
  return {
    type: "menu-dropdown",
    iconName: "user-profile",
    text: name,
    items: [{ id: "out", text: "Sign out" }],
    onItemClick: () => void signOut(),
  };
}
