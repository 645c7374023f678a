// The driver of the vendor's Java SDK; docs/drivers.md describes what it speaks.

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.tencentcloudapi.common.AbstractClient;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.common.profile.Language;
import com.tencentcloudapi.iai.v20200303.IaiClient;
import com.tencentcloudapi.iai.v20200303.models.CreateGroupRequest;
import com.tencentcloudapi.iai.v20200303.models.CreateGroupResponse;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

public final class Driver {
    private static final Gson JSON = new GsonBuilder().serializeNulls().create();
    private static PrintStream protocol;

    private static void say(JsonObject message) {
        StringBuilder ascii = new StringBuilder();
        for (char each : JSON.toJson(message).toCharArray()) {
            ascii.append(each < 0x7f ? String.valueOf(each) : String.format("\\u%04x", (int) each));
        }
        protocol.println(ascii);
        protocol.flush();
    }

    /** A text of the protocol, or null. */
    private static String text(JsonElement value) {
        if (value.isJsonNull()) return null;
        if (value.isJsonPrimitive()) return value.getAsString();
        StringBuilder units = new StringBuilder();
        value.getAsJsonObject().getAsJsonArray("utf16").forEach(each -> units.append((char) each.getAsInt()));
        return units.toString();
    }

    private static IaiClient clientFor(JsonObject call) {
        JsonObject given = call.getAsJsonObject("credentials");
        JsonObject server = call.getAsJsonObject("server");
        URI endpoint = URI.create(server.get("endpoint").getAsString());
        int timeout = call.get("timeout").getAsInt();
        HttpProfile http = new HttpProfile();
        http.setProtocol(endpoint.getScheme() + "://");
        http.setEndpoint(endpoint.getAuthority());
        http.setReqMethod(call.get("method").getAsString());
        http.setConnTimeout(timeout);
        http.setReadTimeout(timeout);
        http.setWriteTimeout(timeout);
        if (server.has("proxy")) {
            URI proxy = URI.create(server.get("proxy").getAsString());
            http.setProxyHost(proxy.getHost());
            http.setProxyPort(proxy.getPort());
        }
        ClientProfile profile = new ClientProfile(call.get("signing").getAsString(), http);
        if (call.has("language")) {
            profile.setLanguage(call.get("language").getAsString().equals("en-US") ? Language.EN_US : Language.ZH_CN);
        }
        String id = given.get("secret_id").getAsString(), key = given.get("secret_key").getAsString();
        Credential pair = given.has("token") ? new Credential(id, key, given.get("token").getAsString()) : new Credential(id, key);
        return new IaiClient(pair, call.get("region").getAsString(), profile);
    }

    private static CreateGroupRequest requestFor(JsonObject parameters) {
        CreateGroupRequest request = new CreateGroupRequest();
        for (Map.Entry<String, JsonElement> each : parameters.entrySet()) {
            JsonElement value = each.getValue();
            switch (each.getKey()) {
                case "GroupName": request.setGroupName(text(value)); break;
                case "GroupId": request.setGroupId(text(value)); break;
                case "Tag": request.setTag(text(value)); break;
                case "FaceModelVersion": request.setFaceModelVersion(text(value)); break;
                default: request.setGroupExDescriptions(list(value.getAsJsonArray()));
            }
        }
        return request;
    }

    private static String[] list(JsonArray values) {
        String[] texts = new String[values.size()];
        for (int at = 0; at < texts.length; at++) texts[at] = text(values.get(at));
        return texts;
    }

    private static void perform(IaiClient client, CreateGroupRequest request, JsonObject result) {
        JsonObject members = new JsonObject();
        try {
            CreateGroupResponse made = client.CreateGroup(request);
            result.add("answer", members);
            members.addProperty("FaceModelVersion", made.getFaceModelVersion());
            members.addProperty("RequestId", made.getRequestId());
        } catch (TencentCloudSDKException error) {
            tell(error, "sdk", result, members);
            members.addProperty("code", error.getErrorCode());
            members.addProperty("request_id", error.getRequestId());
        } catch (Exception | StackOverflowError error) {
            tell(error, error instanceof Exception ? "raw" : "crash", result, members);
        }
    }

    private static void tell(Throwable error, String kind, JsonObject result, JsonObject members) {
        result.remove("answer");
        result.add("error", members);
        members.addProperty("kind", kind);
        members.addProperty("class", error.getClass().getSimpleName());
        members.addProperty("message", error.getMessage());
    }

    /** As the name of the package's file has it, which says it nowhere in itself. */
    private static String version() {
        String path = IaiClient.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        return path.replaceAll(".*-(\\d[^/]*)\\.jar$", "$1");
    }

    public static void main(String[] arguments) throws Exception {
        protocol = System.out;
        System.setOut(System.err); // whatever a library prints: standard output is the protocol's alone
        say(JsonParser.parseString("{type: hello, protocol: 1, sdk: 'tencentcloud-sdk-java-iai', methods: [POST, GET],"
            + "signing: ['TC3-HMAC-SHA256', HmacSHA256, HmacSHA1], reach: [proxy, endpoint], version: '" + version() + " ("
            + AbstractClient.SDK_VERSION + ")', runtime: 'Java " + System.getProperty("java.version") + "',"
            + "can: [kept, timeout, token, language, empty, 'list-null', surrogates, nul]}").getAsJsonObject());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        IaiClient client = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject call = JsonParser.parseString(line).getAsJsonObject();
            JsonObject result = new JsonObject();
            boolean ends = call.get("type").getAsString().equals("bye");
            result.addProperty("type", ends ? "bye" : "result");
            if (ends) {
                say(result);
                System.exit(0);
            }
            client = client == null || call.get("client").getAsString().equals("new") ? clientFor(call) : client;
            result.add("id", call.get("id"));
            perform(client, requestFor(call.getAsJsonObject("parameters")), result);
            say(result);
        }
    }
}
