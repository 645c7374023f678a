<?php
// The driver of the vendor's PHP SDK; docs/drivers.md describes what it speaks. The first argument is the SDK's folder.

use TencentCloud\Common\AbstractClient;
use TencentCloud\Common\Credential;
use TencentCloud\Common\Exception\TencentCloudSDKException;
use TencentCloud\Common\Profile\ClientProfile;
use TencentCloud\Common\Profile\HttpProfile;
use TencentCloud\Iai\V20200303\IaiClient;
use TencentCloud\Iai\V20200303\Models\CreateGroupRequest;

error_reporting(E_ALL & ~E_DEPRECATED);
ini_set('display_errors', 'stderr'); // standard output is the protocol's alone
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function ($name) use ($argv) {
    $path = $argv[1] . '/src/' . str_replace('\\', '/', $name) . '.php';
    if (is_file($path)) {
        require $path;
    }
});

function say(array $message): void
{
    fwrite(STDOUT, json_encode($message, JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
}

/** A value of the protocol as PHP has it. */
function text($value)
{
    if (is_array($value) && isset($value['utf16'])) {
        return iconv('UTF-16LE', 'UTF-8', pack('v*', ...$value['utf16']));
    }
    return is_array($value) ? array_map('text', $value) : $value;
}

function client_for(array $call): IaiClient
{
    $given = $call['credentials'];
    $server = $call['server'];
    $http = new HttpProfile(
        parse_url($server['endpoint'], PHP_URL_SCHEME) . '://',
        preg_replace('#^[a-z]+://#', '', $server['endpoint']),
        $call['method'],
        $call['timeout']
    );
    if (isset($server['proxy'])) {
        $http->setProxy($server['proxy']);
    }
    $profile = new ClientProfile($call['signing'], $http);
    if (isset($call['language'])) {
        $profile->setLanguage($call['language']);
    }
    $pair = new Credential($given['secret_id'], $given['secret_key'], $given['token'] ?? null);
    return new IaiClient($pair, $call['region'], $profile);
}

/** What comes of a call: the members of a result. */
function perform(IaiClient $client, array $parameters): array
{
    $request = new CreateGroupRequest();
    foreach ($parameters as $name => $value) {
        $request->{"set$name"}(text($value));
    }
    try {
        $made = $client->CreateGroup($request);
        if (!is_object($made)) { // a stream's first event, or nothing
            return ['answer' => (object) []];
        }
        return ['answer' => ['FaceModelVersion' => $made->getFaceModelVersion(), 'RequestId' => $made->getRequestId()]];
    } catch (TencentCloudSDKException $error) {
        $members = ['code' => $error->getErrorCode(), 'request_id' => $error->getRequestId()];
        return ['error' => told($error, 'sdk') + $members];
    } catch (Throwable $error) {
        return ['error' => told($error, 'raw')];
    }
}

function told(Throwable $error, string $kind): array
{
    return ['kind' => $kind, 'class' => get_class($error), 'message' => $error->getMessage()];
}

say([
    'type' => 'hello', 'protocol' => 1, 'sdk' => 'tencentcloud-sdk-php', 'runtime' => 'PHP ' . PHP_VERSION,
    'version' => preg_replace('/^SDK_PHP_/', '', AbstractClient::$SDK_VERSION),
    'methods' => ['POST', 'GET'], 'signing' => ['TC3-HMAC-SHA256', 'HmacSHA256', 'HmacSHA1'],
    'reach' => ['proxy', 'endpoint'], 'can' => ['timeout', 'token', 'language', 'empty', 'list-null', 'nul'],
]);
$client = null;
while (($line = fgets(STDIN)) !== false) {
    $call = json_decode($line, true);
    if ($call['type'] === 'bye') {
        say(['type' => 'bye']);
        break;
    }
    if ($client === null || $call['client'] === 'new') {
        $client = client_for($call);
    }
    say(['type' => 'result', 'id' => $call['id']] + perform($client, $call['parameters']));
}
