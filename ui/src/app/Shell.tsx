import AppLayout from "@cloudscape-design/components/app-layout";
import { useEffect } from "react";
import { Outlet, ScrollRestoration } from "react-router";
import { connect } from "../lib/live";
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
  return (
    <>
      <TopBar />
      <AppLayout
        headerSelector="#top"
        breadcrumbs={<Crumbs />}
        navigation={<Navigation />}
        navigationWidth={250}
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
