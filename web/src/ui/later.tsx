// A page that comes in a file of its own. Unlike a thrown promise it says so when the file cannot be
// had (no connection), and tries again when asked.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../lib/api';
import { Loading, Problem } from './parts';

// 'quiet': what is not there yet leaves no gap.
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  quiet?: 'quiet',
): ComponentType<P> {
  let ready: ComponentType<P> | undefined;
  return function Later(props: P) {
    const [, redraw] = useState(0);
    const [failed, setFailed] = useState(false);
    const fetchIt = () => {
      setFailed(false);
      load().then(
        (component) => {
          ready = component;
          redraw((n) => n + 1);
        },
        () => setFailed(true),
      );
    };
    useEffect(() => {
      if (!ready) fetchIt();
    }, []);
    if (ready) {
      const Ready = ready;
      return <Ready {...props} />;
    }
    if (quiet) return null;
    return failed ? <Problem error={new ApiError('offline', 0)} retry={fetchIt} /> : <Loading />;
  };
}
