package iaimock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Starts the server. */
public final class Main {
  private static final int THREADS = 8;

  private Main() {}

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int port = 0;
    Mistake mistake = Mistake.NONE;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--list" -> {
          for (JsonNode row : mistakes()) {
            out.println(row);
          }
          return;
        }
        case "--port" -> port = Integer.parseInt(value(args, ++i));
        case "--mistake" -> mistake = known(value(args, ++i));
        default -> fail("unknown argument " + args[i]);
      }
    }
    serve(port, mistake, out);
  }

  private static void serve(int port, Mistake mistake, PrintStream out) throws IOException {
    // Small answers should not wait for an acknowledgement on kept-alive connections.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Authenticator authenticator =
        new Authenticator(
            environment("TENCENTCLOUD_SECRET_ID"), environment("TENCENTCLOUD_SECRET_KEY"), mistake);
    GroupService service = new GroupService(mistake, new GroupStore(mistake));
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, port), 128);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/", new ApiHandler(mistake, authenticator, service));
    server.start();
    out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static JsonNode mistakes() throws IOException {
    try (InputStream stream = Main.class.getResourceAsStream("/mistakes.json")) {
      return new ObjectMapper().readTree(stream);
    }
  }

  private static Mistake known(String name) throws IOException {
    for (JsonNode row : mistakes()) {
      if (row.path("name").asText().equals(name)) {
        return new Mistake(name);
      }
    }
    fail("no mistake is named " + name);
    return Mistake.NONE;
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      fail("a value is missing after " + args[index - 1]);
    }
    return args[index];
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) {
      fail(name + " is not set");
    }
    return value;
  }

  private static void fail(String message) {
    System.err.println(message);
    System.exit(2);
  }
}
