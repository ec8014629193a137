// One OpenSearch node on loopback, started by test/support/opensearch-node.ts; it ends when it is killed.
// Arguments: the folder of its data, its HTTP port, its transport port.
import org.codelibs.opensearch.runner.OpenSearchRunner;

public class Node {
  public static void main (String[] arguments) throws Exception {
    OpenSearchRunner runner = new OpenSearchRunner();
    runner.onBuild((number, settings) -> {
      settings.put("http.port", arguments[1]);
      settings.put("transport.port", arguments[2]);
      settings.put("network.host", "127.0.0.1");
      settings.put("discovery.type", "single-node");
      settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
    }).build(OpenSearchRunner.newConfigs().basePath(arguments[0]).numOfNode(1).clusterName("audit").moduleTypes("org.opensearch.transport.Netty4Plugin"));
    Thread.currentThread().join();
  }
}
