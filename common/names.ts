// The name the product is known by to the host.

/** Id of the plugin and of its ACP backend; the folder of its state has the same name. */
export const BACKEND = "contractor";
