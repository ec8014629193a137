// The bare application a second time: the null check. What differs between the two is noise.

export async function addLogging () {}
