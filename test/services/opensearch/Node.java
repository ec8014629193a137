// One OpenSearch node in this process, on loopback. Started by test/services; ends when it is killed.
// Arguments: the folder of its data, its HTTP port, its transport port.
import java.nio.file.Path;
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
    }).build(OpenSearchRunner.newConfigs().basePath(Path.of(arguments[0]).toString()).numOfNode(1).clusterName("audit"));
    Thread.currentThread().join();
  }
}
