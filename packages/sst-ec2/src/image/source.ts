/** Where an image comes from. */
export interface ImageBuild {
  /**
   * Folder with the image's sources, relative to the app.
   * @example
   * ```js
   * { context: "./service" }
   * ```
   */
  context: string;
  /**
   * The Dockerfile, relative to the context.
   * @default `"Dockerfile"`
   * @example
   * ```js
   * { dockerfile: "docker/Dockerfile.prod" }
   * ```
   */
  dockerfile?: string;
  /**
   * Arguments of the build. They stay in the image's history: nothing secret.
   * @default `{}`
   * @example
   * ```js
   * { args: { VERSION: "1.2.3" } }
   * ```
   */
  args?: Record<string, string>;
  /**
   * Stage of the Dockerfile to stop at.
   * @default The last one.
   * @example
   * ```js
   * { target: "release" }
   * ```
   */
  target?: string;
}

/** What to build, or the reference of an image that this machine can pull. */
export type ImageSource = ImageBuild | string;
