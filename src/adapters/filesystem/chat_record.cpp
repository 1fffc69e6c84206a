#include "adapters/filesystem/chat_record.h"

#include <algorithm>
#include <exception>
#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/digest.h"

namespace syncwatch::filesystem {
namespace {

namespace json = boost::json;

constexpr std::string_view kMagic = "SWc1";
constexpr std::size_t kLengthSize = 4;
constexpr std::size_t kSumSize = 8;
constexpr std::size_t kHeadSize = kMagic.size() + kLengthSize + kSumSize;
/// 2000 characters of four bytes, each escaped, and the rest: far above what any record has.
constexpr std::size_t kMostPayload = 256 * 1024;

std::string sum_of(std::string_view payload) {
    const Sha256Sum sum = sha256(as_bytes(payload));
    return {reinterpret_cast<const char*>(sum.data()), kSumSize};
}

json::object object_of(const ChatRecord& record) {
    const ChatDraft& draft = record.draft;
    const ChatMessage& message = draft.message;
    json::object out;
    out["room"] = record.room.compact();
    out["id"] = message.id.text();
    out["by"] = message.by.text();
    out["name"] = message.name;
    out["text"] = message.text;
    if (message.reply_to) out["reply_to"] = message.reply_to->text();
    if (message.position) out["position"] = *message.position;
    out["sent_at"] = to_micros(message.sent_at);
    out["request"] = draft.request;
    out["may_repeat"] = draft.may_repeat;
    out["repeats_since"] = to_micros(draft.repeats_since);
    return out;
}

std::string text_at(const json::object& from, std::string_view name) {
    const json::string& found = from.at(name).as_string();
    return {found.data(), found.size()};
}

/// Throws where something is missing, or not of its kind.
ChatRecord record_of(const json::object& from) {
    ChatRecord record;
    ChatDraft& draft = record.draft;
    record.room = RoomCode::parse(text_at(from, "room")).value();
    draft.message.id = MessageId::parse(text_at(from, "id")).value();
    draft.message.by = UserId::parse(text_at(from, "by")).value();
    draft.message.name = text_at(from, "name");
    draft.message.text = text_at(from, "text");
    if (from.contains("reply_to")) {
        draft.message.reply_to = MessageId::parse(text_at(from, "reply_to")).value();
    }
    if (from.contains("position")) {
        draft.message.position = from.at("position").to_number<double>();
    }
    draft.message.sent_at = from_micros(from.at("sent_at").as_int64());
    draft.request = text_at(from, "request");
    draft.may_repeat = from.at("may_repeat").as_bool();
    draft.repeats_since = from_micros(from.at("repeats_since").as_int64());
    return record;
}

/// The length that the head at the beginning of `bytes` says, if one is there.
std::optional<std::size_t> length_at(std::string_view bytes) {
    if (bytes.size() < kHeadSize || !bytes.starts_with(kMagic)) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < kLengthSize; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[kMagic.size() + i]);
        length |= static_cast<std::size_t>(byte) << (8 * i);
    }
    return length;
}

/// The payload of the record at the beginning of `bytes`, if one is there, whole and unharmed.
std::optional<std::string_view> payload_at(std::string_view bytes) {
    const auto length = length_at(bytes);
    if (!length || *length > kMostPayload) return std::nullopt;
    if (bytes.size() - kHeadSize < *length) return std::nullopt;
    const std::string_view payload = bytes.substr(kHeadSize, *length);
    if (bytes.substr(kMagic.size() + kLengthSize, kSumSize) != sum_of(payload)) return std::nullopt;
    return payload;
}

}  // namespace

std::string encode(const ChatRecord& record) {
    const std::string payload = json::serialize(object_of(record));
    std::string out(kMagic);
    for (std::size_t i = 0; i < kLengthSize; ++i) {
        out += static_cast<char>((payload.size() >> (8 * i)) & 0xff);
    }
    return out + sum_of(payload) + payload;
}

ReadRecords decode_records(std::string_view bytes) {
    ReadRecords read;
    std::size_t at = 0;
    std::size_t sound = 0;  // Behind the last record.
    while ((at = bytes.find(kMagic, at)) != bytes.npos) {
        const auto payload = payload_at(bytes.substr(at));
        if (!payload) {
            ++at;
            continue;
        }
        const std::size_t size = kHeadSize + payload->size();
        read.damaged += at - sound;
        try {
            read.records.push_back(record_of(json::parse(*payload).as_object()));
        } catch (const std::exception&) {
            // Whole, and not of this version: for somebody to look at.
            read.damaged += size;
        }
        at += size;
        sound = at;
    }
    // What ends as long as it says was not cut off: it is damaged.
    const std::string_view rest = bytes.substr(sound);
    const auto length = length_at(rest);
    if (length && rest.size() - kHeadSize >= *length) read.damaged += rest.size();
    return read;
}

}  // namespace syncwatch::filesystem
