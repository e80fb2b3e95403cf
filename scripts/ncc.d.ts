/** The types of ncc that `build.ts` uses. The package has none. */
declare module '@vercel/ncc' {
  interface Options {
    cache: boolean;
    esm: boolean;
    quiet: boolean;
    externals?: Record<string, string>;
  }
  interface Bundle {
    code: string;
    assets: Record<string, { source: string | Buffer }>;
    stats: { compilation: import('./licenses.ts').Compilation };
  }
  export default function ncc(entry: string, options: Options): Promise<Bundle>;
}
