# The driver of the vendor's Ruby SDK; docs/drivers.md describes what it speaks. The first argument is the SDK's folder.

require 'json'
require 'socket'

# Whatever a library prints goes to standard error: standard output is the protocol's alone.
PROTOCOL = $stdout.dup
PROTOCOL.sync = true
$stdout.reopen($stderr)
%w[common iai].each { |part| $LOAD_PATH.unshift(File.join(ARGV[0], "tencentcloud-sdk-#{part}", 'lib')) }
require 'tencentcloud-sdk-iai'

Common = TencentCloud::Common
Iai = TencentCloud::Iai::V20200303
NAMES = %w[GroupName GroupId GroupExDescriptions Tag FaceModelVersion].freeze

# The SDK can be told no port: the endpoint's name and its port 80 lead to the suite's server.
module ToTheSuite
  class << self
    attr_accessor :address
  end

  def tcp(_host, _port, *rest, **more, &block)
    host, port = ToTheSuite.address.split(':')
    super(host, port.to_i, *rest, **more, &block)
  end
end
Socket.singleton_class.prepend(ToTheSuite)

def say(message)
  PROTOCOL.puts(JSON.generate(message))
end

# A value of the protocol as Ruby has it.
def text(value)
  case value
  when Array then value.map { |each| text(each) }
  when Hash then value['utf16'].pack('v*').force_encoding('UTF-16LE').encode('UTF-8')
  else value
  end
end

# A text that JSON can hold, whatever it is made of.
def readable(value)
  value.is_a?(String) ? value.dup.force_encoding('UTF-8').scrub : value
end

def client_for(call)
  given = call['credentials']
  scheme, host = call['server']['endpoint'].split('://')
  http = Common::HttpProfile.new(scheme, host.split(':')[0], call['method'], call['timeout'], true)
  profile = Common::ClientProfile.new(call['signing'], http)
  profile.language = call['language'] if call['language']
  pair = Common::Credential.new(given['secret_id'], given['secret_key'], given['token'])
  Iai::Client.new(pair, call['region'], profile)
end

# What comes of a call: the members of a result.
def perform(client, parameters)
  request = Iai::CreateGroupRequest.new
  NAMES.each { |name| request.send("#{name}=", text(parameters[name])) if parameters.key?(name) }
  made = client.CreateGroup(request)
  { answer: { FaceModelVersion: made.FaceModelVersion, RequestId: made.RequestId } }
rescue Common::TencentCloudSDKException => e
  { error: { kind: 'sdk', class: e.class.name, code: readable(e.code), message: readable(e.message), request_id: readable(e.request_id) } }
rescue StandardError, SystemStackError => e
  { error: { kind: 'raw', class: e.class.name, message: readable(e.message) } }
end

version = File.read(File.join(ARGV[0], 'tencentcloud-sdk-common', 'lib', 'tencentcloud-sdk-common', 'client.rb'))
say(
  type: 'hello', protocol: 1, sdk: 'tencentcloud-sdk-ruby', version: version[/SDK_RUBY_([\d.]+)/, 1] || 'unknown',
  runtime: "Ruby #{RUBY_VERSION}", methods: %w[POST GET], signing: %w[TC3-HMAC-SHA256 HmacSHA256 HmacSHA1],
  reach: %w[resolution], can: %w[kept timeout token language empty list-null nul]
)
client = nil
while (line = $stdin.gets)
  call = JSON.parse(line)
  if call['type'] == 'bye'
    say(type: 'bye')
    break
  end
  ToTheSuite.address = call['server']['address']
  client = client_for(call) if client.nil? || call['client'] == 'new'
  say({ type: 'result', id: call['id'] }.merge(perform(client, call['parameters'])))
end
