// The application without any logging: what everything else is compared with.

export async function addLogging () {}
