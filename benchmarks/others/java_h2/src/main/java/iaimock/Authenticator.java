package iaimock;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks TC3-HMAC-SHA256 signatures and the older HmacSHA1 and HmacSHA256 ones. */
final class Authenticator {
  private static final String SERVICE = "iai";
  private static final long VALID_SECONDS = 300;
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "TC3-HMAC-SHA256\\s+Credential=([^/,\\s]+)/(\\d{4}-\\d{2}-\\d{2})/([a-z0-9]+)/tc3_request,"
              + "\\s*SignedHeaders=([^,\\s]+),\\s*Signature=([0-9a-f]{64})");

  private final String secretId;
  private final String secretKey;
  private final Mistake mistake;

  Authenticator(String secretId, String secretKey, Mistake mistake) {
    this.secretId = secretId;
    this.secretKey = secretKey;
    this.mistake = mistake;
  }

  void check(ApiRequest request) {
    long timestamp = timestamp(request);
    if (request.isTc3()) {
      checkTc3(request, timestamp);
    } else {
      checkV1(request);
    }
  }

  private long timestamp(ApiRequest request) {
    String text = request.common("Timestamp");
    if (text == null) {
      throw ApiException.missing("Timestamp");
    }
    long timestamp;
    try {
      timestamp = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ApiException.invalidType("Timestamp");
    }
    if (expired(timestamp)) {
      throw new ApiException("AuthFailure.SignatureExpire", "The signature has expired.");
    }
    return timestamp;
  }

  private boolean expired(long timestamp) {
    long age = Instant.now().getEpochSecond() - timestamp;
    if (mistake.is("timestamp-unchecked")) {
      return false;
    }
    if (mistake.is("timestamp-future-accepted")) {
      return age > VALID_SECONDS;
    }
    return Math.abs(age) > VALID_SECONDS;
  }

  private void checkTc3(ApiRequest request, long timestamp) {
    String header = request.header("Authorization");
    Matcher matcher = AUTHORIZATION.matcher(header == null ? "" : header.trim());
    if (!matcher.matches()) {
      throw ApiException.of("AuthFailure.InvalidAuthorization");
    }
    String date = matcher.group(2);
    String service = matcher.group(3);
    List<String> signedHeaders = Arrays.asList(matcher.group(4).split(";"));
    boolean enoughSigned = signedHeaders.containsAll(List.of("content-type", "host"));
    if (!enoughSigned && !mistake.is("signed-headers-unchecked")) {
      throw ApiException.of("AuthFailure.InvalidAuthorization");
    }
    checkSecretId(matcher.group(1));
    String day = Instant.ofEpochSecond(timestamp).atOffset(ZoneOffset.UTC).toLocalDate().toString();
    if (!service.equals(SERVICE) || !date.equals(day)) {
      throw signatureFailure();
    }

    if (mistake.is("signed-headers-fixed")) {
      signedHeaders = List.of("content-type", "host");
    }
    String canonicalHeaders =
        signedHeaders.stream()
            .map(name -> name + ":" + headerValue(request, name) + "\n")
            .collect(Collectors.joining());
    String canonicalRequest =
        String.join(
            "\n",
            request.method(),
            "/",
            request.rawQuery(),
            canonicalHeaders,
            String.join(";", signedHeaders),
            sha256(request.body()));
    String scope = date + "/" + service + "/tc3_request";
    String stringToSign =
        String.join(
            "\n",
            "TC3-HMAC-SHA256",
            Long.toString(timestamp),
            scope,
            sha256(canonicalRequest.getBytes(StandardCharsets.UTF_8)));

    byte[] key = hmac("HmacSHA256", ("TC3" + secretKey).getBytes(StandardCharsets.UTF_8), date);
    key = hmac("HmacSHA256", key, service);
    key = hmac("HmacSHA256", key, "tc3_request");
    String expected = HexFormat.of().formatHex(hmac("HmacSHA256", key, stringToSign));
    compare(expected, matcher.group(5));
  }

  private void checkV1(ApiRequest request) {
    Map<String, String> fields = request.fields();
    for (String name : List.of("Nonce", "SecretId")) {
      if (!fields.containsKey(name)) {
        throw ApiException.missing(name);
      }
    }
    checkSecretId(fields.get("SecretId"));
    String algorithm = fields.getOrDefault("SignatureMethod", "HmacSHA1");
    if (!List.of("HmacSHA1", "HmacSHA256").contains(algorithm)) {
      throw signatureFailure();
    }
    if (mistake.is("signature-method-ignored")) {
      algorithm = "HmacSHA1";
    }
    Map<String, String> sorted = new TreeMap<>(fields);
    sorted.remove("Signature");
    String joined =
        sorted.entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .collect(Collectors.joining("&"));
    String text = request.method() + request.header("Host") + request.path() + "?" + joined;
    byte[] key = secretKey.getBytes(StandardCharsets.UTF_8);
    String expected = Base64.getEncoder().encodeToString(hmac(algorithm, key, text));
    compare(expected, fields.get("Signature"));
  }

  private void checkSecretId(String id) {
    if (!id.equals(secretId)) {
      throw new ApiException("AuthFailure.SecretIdNotFound", "The SecretId is not found.");
    }
  }

  private static String headerValue(ApiRequest request, String name) {
    String value = request.header(name);
    return value == null ? "" : value.trim().toLowerCase(Locale.ROOT);
  }

  private static void compare(String expected, String given) {
    byte[] left = expected.getBytes(StandardCharsets.UTF_8);
    byte[] right = given.getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(left, right)) {
      throw signatureFailure();
    }
  }

  private static ApiException signatureFailure() {
    return new ApiException(
        "AuthFailure.SignatureFailure",
        "The provided credentials could not be validated. Please check your signature is correct.");
  }

  private static String sha256(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(String algorithm, byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
