import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { account, start, where } from './lib/session';
import { Announcer } from './ui/announce';
import { later } from './ui/later';
import { Loading, markNavigation } from './ui/parts';
import { Shell } from './ui/shell';
import { HelpPanel } from './ui/help-panel';
import { Messages } from './pages/messages';
import { Code, NotFound, StaffSignIn, Welcome } from './pages/welcome';
import type { Role } from './lib/types';

const Consent = later(() => import('./pages/client').then((m) => m.Consent));
const Recovery = later(() => import('./pages/client').then((m) => m.Recovery));
const MyData = later(() => import('./pages/client').then((m) => m.MyData));
const Caseload = later(() => import('./staff').then((m) => m.Caseload));
const Findings = later(() => import('./staff').then((m) => m.Findings));
const FindingPage = later(() => import('./staff').then((m) => m.FindingPage));
const ClientPage = later(() => import('./staff').then((m) => m.ClientPage));
const Pages = later(() => import('./staff').then((m) => m.Pages));
const Models = later(() => import('./staff').then((m) => m.Models));
const Design = later(() => import('./staff').then((m) => m.Design));

const CARE: Role[] = ['clinician', 'socialWorker'];
const STAFF: Role[] = [...CARE, 'administrator', 'dataProtection'];

// A page for some roles only. The server decides; this only keeps people from pages that would be
// empty for them.
function only<P extends object>(roles: Role[], Page: ComponentType<P>): ComponentType<P> {
  return function Guarded(props: P) {
    if (where.value === 'starting') return <Loading />;
    const role = account.value?.role;
    if (!role) return roles.includes('client') ? <Welcome /> : <StaffSignIn />;
    return roles.includes(role) ? <Page {...props} /> : <NotFound />;
  };
}

const ConsentRoute = only(['client'], Consent);
const RecoveryRoute = only(['client'], Recovery);
const MyDataRoute = only(['client'], MyData);
const CaseloadRoute = only(CARE, Caseload);
const FindingsRoute = only(CARE, Findings);
const FindingRoute = only(CARE, FindingPage);
const ClientRoute = only(CARE, ClientPage);
const PagesRoute = only(STAFF, Pages);
const ModelsRoute = only(STAFF, Models);

function Home() {
  if (where.value === 'starting') return <Loading />;
  switch (account.value?.role) {
    case undefined:
      return <Welcome />;
    case 'client':
      return <Messages />;
    case 'clinician':
    case 'socialWorker':
      return <Caseload />;
    default:
      return <Models />;
  }
}

function Body() {
  const { path } = useLocation();
  useEffect(() => {
    // A sign-in link pasted into an open page changes only what is after the #.
    const onHash = () => {
      if (location.hash.startsWith('#/link/')) void start();
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  return (
    <Shell path={path}>
      <HelpPanel />
      <Router onRouteChange={markNavigation}>
        <Route path="/" component={Home} />
        <Route path="/code" component={Code} />
        <Route path="/sign-in" component={StaffSignIn} />
        <Route path="/recovery-code" component={RecoveryRoute} />
        <Route path="/consent" component={ConsentRoute} />
        <Route path="/my-data" component={MyDataRoute} />
        <Route path="/caseload" component={CaseloadRoute} />
        <Route path="/findings" component={FindingsRoute} />
        <Route path="/findings/:id" component={FindingRoute} />
        <Route path="/clients/:id" component={ClientRoute} />
        <Route path="/pages" component={PagesRoute} />
        <Route path="/models" component={ModelsRoute} />
        <Route path="/design" component={Design} />
        <Route default component={NotFound} />
      </Router>
      <Announcer />
    </Shell>
  );
}

export function App() {
  return (
    <LocationProvider>
      <Body />
    </LocationProvider>
  );
}
