// What a store of objects answers, were it hostile: XML, names, errors, addresses, credentials.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/credentials.h"
#include "adapters/s3/location.h"
#include "adapters/s3/upload_chunks.h"
#include "adapters/s3/verdict.h"
#include "adapters/s3/xml.h"
#include "base/assert.h"

using namespace syncwatch;

namespace {

void judge_all(const std::string& body) {
    s3::HttpAnswer answer;
    answer.outcome = s3::HttpAnswer::Outcome::Answered;
    answer.body = body;
    for (const int status : {200, 301, 400, 403, 404, 409, 412, 500, 503}) {
        answer.status = status;
        const s3::Verdict verdict = s3::judge("GET k", answer);
        SW_ASSERT((verdict.kind == s3::Verdict::Kind::Good) == (status == 200));
    }
}

void chain(const s3::XmlElement& xml) {
    std::vector<std::string> names;
    for (const s3::XmlElement& each : xml.children) names.push_back(each.text);
    std::uint64_t at = 0;
    for (const s3::UploadChunk& chunk : s3::chain_of(names)) {
        SW_ASSERT(chunk.offset == at && chunk.size > 0);
        at = chunk.end();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto xml = s3::parse_xml(text);
    if (xml) {
        chain(*xml);
        const auto again = s3::parse_xml("<k>" + s3::xml_escaped(xml->text) + "</k>");
        SW_ASSERT(again && again->text == xml->text);
    }
    judge_all(text);
    const auto location = s3::Location::parse("s3:https://" + text);
    SW_ASSERT(!location || !location->bucket.empty());
    const auto who = s3::parse_credentials(text);
    SW_ASSERT(!who || !who->secret_key.empty());
    return 0;
}
