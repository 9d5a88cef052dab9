/** As much of a browser as pages without scripts need: it keeps cookies by host and port, and follows redirects. */
export interface Browser {
  /** Follows redirects; `url` is where it ended. */
  get(url: string): Promise<Page>;
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  /** One request, as it is answered. */
  request(url: string, init?: RequestInit): Promise<Response>;
  readonly cookies: Map<string, string>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export function browser(): Browser {
  const cookies = new Map<string, string>();

  async function request(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const own = [...cookies].filter(([key]) => key.startsWith(`${host} `));
    const cookie = own.map(([key, value]) => `${key.slice(host.length + 1)}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...(init.headers as object), ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(host, line);
    return response;
  }

  function keep(host: string, line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const isGone = value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line);
    if (isGone) cookies.delete(`${host} ${name}`);
    else cookies.set(`${host} ${name}`, value);
  }

  async function follow(url: string, response: Response): Promise<Page> {
    const location = response.headers.get('location');
    const isMoved = response.status >= 300 && response.status < 400 && location !== null;
    if (!isMoved) return { url, status: response.status, headers: response.headers, text: await response.text() };
    const next = new URL(location, url).href;
    return follow(next, await request(next));
  }

  return {
    cookies,
    request,
    get: async (url) => follow(url, await request(url)),
    async post(url, form, headers = { 'sec-fetch-site': 'same-origin' }) {
      return follow(url, await request(url, { method: 'POST', body: new URLSearchParams(form), headers }));
    },
  };
}

/** The token that every form of a page carries. */
export const formTokenIn = ({ text }: Page): string => /name="formToken" value="([^"]+)"/.exec(text)?.[1] ?? '';
