"""The two signature methods, as documented."""
import base64, hashlib, hmac, urllib.parse
from mistakes import on

def sha(data):
    return hashlib.sha256(data).hexdigest()

def tc3(key, date, service, stamp, method, query, headers, signed, payload_hash):
    """headers: lower-case name -> value as sent; signed: the names in their order."""
    lines = "".join("%s:%s\n" % (h, headers.get(h, "").strip().lower()) for h in signed)
    canonical = "\n".join([method, "/", query, lines, ";".join(signed), payload_hash])
    text = "\n".join(["TC3-HMAC-SHA256", str(stamp), "%s/%s/tc3_request" % (date, service), sha(canonical.encode())])
    k = ("TC3" + key).encode()
    for part in (date, service, "tc3_request"):
        k = hmac.new(k, part.encode(), "sha256").digest()
    return hmac.new(k, text.encode(), "sha256").hexdigest()

def v1(key, method, host, fields, algorithm):
    quote = (lambda s: urllib.parse.quote(s, safe="~")) if on("sig-v1-encoded") else str
    text = method + host + "/?" + "&".join("%s=%s" % (k, quote(fields[k])) for k in sorted(fields) if k != "Signature")
    return base64.b64encode(hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), algorithm).digest()).decode()
