import AppLayout from "@cloudscape-design/components/app-layout";
import { useEffect, useState } from "react";
import { Outlet, ScrollRestoration } from "react-router";
import { connect } from "../lib/live";
import { isNarrow, useNarrow } from "../lib/narrow";
import { Crumbs } from "./Crumbs";
import { Navigation } from "./Navigation";
import { Notices } from "./Notices";
import { SignIn } from "./SignIn";
import { TopBar } from "./TopBar";
import { useLinks } from "./useLinks";

/** What stands around every page. */
export function Shell() {
  useLinks();
  useEffect(connect, []);
  const narrow = useNarrow();
  const [chosen, setChosen] = useState({ narrow, open: !narrow });
  return (
    <>
      <TopBar />
      <AppLayout
        headerSelector="#top"
        breadcrumbs={<Crumbs />}
        navigation={<Navigation />}
        navigationWidth={250}
        navigationOpen={chosen.narrow === narrow ? chosen.open : !narrow}
        // The layout closes it when the window becomes narrow, before this component knows of that.
        onNavigationChange={({ detail }) => setChosen({ narrow: isNarrow(), open: detail.open })}
        notifications={<Notices />}
        stickyNotifications
        toolsHide
        content={<Outlet />}
      />
      <SignIn />
      <ScrollRestoration />
    </>
  );
}
