import AppLayout from "@cloudscape-design/components/app-layout";
import { useEffect, useState } from "react";
import { Outlet, ScrollRestoration } from "react-router";
import { connect } from "../lib/live";
import { Crumbs } from "./Crumbs";
import { Navigation } from "./Navigation";
import { Notices } from "./Notices";
import { SignIn } from "./SignIn";
import { TopBar } from "./TopBar";
import { useLinks } from "./useLinks";

const NARROW = 688; // px, as the design system has it

/** What stands around every page. */
export function Shell() {
  useLinks();
  useEffect(connect, []);
  const [open, setOpen] = useState(() => window.innerWidth > NARROW);
  return (
    <>
      <TopBar />
      <AppLayout
        headerSelector="#top"
        breadcrumbs={<Crumbs />}
        navigation={<Navigation />}
        navigationWidth={250}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
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
