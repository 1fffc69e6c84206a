#include "harness/memory_s3.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <sys/socket.h>

namespace syncwatch {
namespace {

void send_all(int fd, const std::string& bytes) {
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

bool receive(int fd, std::string& all) {
    char buffer[64 * 1024];
    const auto got = ::recv(fd, buffer, sizeof(buffer), 0);
    if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
}

std::optional<std::string> take_head(int fd, std::string& all) {
    std::size_t end = 0;
    while ((end = all.find("\r\n\r\n")) == all.npos) {
        if (!receive(fd, all)) return std::nullopt;
    }
    std::string head = all.substr(0, end + 2);
    all.erase(0, end + 4);
    return head;
}

/// Of a head whose names are as libcurl and we write them.
std::size_t header(const std::string& head, std::string name) {
    std::size_t at = head.find("\r\n" + name);
    if (at == head.npos) {
        name[0] = 'C';
        name[8] = 'L';
        at = head.find("\r\n" + name);
    }
    return at == head.npos ? 0 : std::stoul(head.substr(at + 2 + name.size()));
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
    }
    return out;
}

MemoryS3::Request parse(const std::string& head) {
    MemoryS3::Request request;
    const std::size_t space = head.find(' ');
    request.method = head.substr(0, space);
    std::string target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    const std::size_t mark = target.find('?');
    std::string query = mark == target.npos ? "" : target.substr(mark + 1);
    target.resize(std::min(mark, target.size()));
    const std::size_t slash = target.find('/', 1);
    if (slash != target.npos) request.key = decoded(target.substr(slash + 1));
    while (!query.empty()) {
        const std::string each = query.substr(0, query.find('&'));
        query.erase(0, each.size() + 1);
        const std::size_t equals = std::min(each.find('='), each.size());
        request.query[each.substr(0, equals)] =
            decoded(std::string_view(each).substr(std::min(equals + 1, each.size())));
    }
    return request;
}

std::string said(const std::string& status, const std::string& body,
                 const std::string& headers = {}) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                       headers, body);
}

std::string error(const std::string& status, const std::string& code, bool is_head) {
    return said(status, is_head ? "" : "<Error><Code>" + code + "</Code></Error>");
}

}  // namespace

MemoryS3::~MemoryS3() {
    listener_.stop();
    for (auto& each : clients_) ::shutdown(each.fd.get(), SHUT_RDWR);
    for (auto& each : clients_) each.thread.join();
}

void MemoryS3::take(UniqueFd fd) {
    Client& made = clients_.emplace_back();
    made.fd = std::move(fd);
    made.thread = std::thread([this, &made] { serve(made.fd.get()); });
}

void MemoryS3::serve(int fd) {
    std::string all;
    while (const auto head = take_head(fd, all)) {
        const std::size_t length = header(*head, "content-length: ");
        if (head->find("100-continue") != head->npos) send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n");
        while (all.size() < length) {
            if (!receive(fd, all)) return;
        }
        const std::string body = all.substr(0, length);
        all.erase(0, length);
        const std::string answered = answer(parse(*head), *head, body);
        if (answered.empty()) {
            ::shutdown(fd, SHUT_RDWR);
            return;
        }
        send_all(fd, answered);
    }
}

std::string MemoryS3::answer(const Request& asked, const std::string& head,
                             const std::string& body) {
    const std::lock_guard lock(mutex_);
    const bool is_head = asked.method == "HEAD";
    const std::string refused = refuse_ ? refuse_(asked) : std::string();
    if (refused == kCutOff) return {};
    // As AWS has it.
    const bool is_session = refused == "ExpiredToken";
    if (!refused.empty()) {
        return error(is_session ? "400 Bad Request" : "403 Forbidden", refused, is_head);
    }
    if (asked.key.empty()) return said("200 OK", list(asked));
    const auto found = objects_.find(asked.key);
    if (asked.method == "PUT") {
        const bool is_new = head.find("if-none-match: *") != head.npos;
        if (is_new && found != objects_.end()) {
            return error("412 Precondition Failed", "PreconditionFailed", false);
        }
        objects_[asked.key] = body;
        return said("200 OK", "");
    }
    if (asked.method == "DELETE") {
        objects_.erase(asked.key);
        return said("204 No Content", "");
    }
    if (found == objects_.end()) return error("404 Not Found", "NoSuchKey", is_head);
    if (!is_head) return said("200 OK", found->second);
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", found->second.size());
}

std::string MemoryS3::list(const Request& asked) const {
    const auto value = [&](const char* name) {
        const auto found = asked.query.find(name);
        return found == asked.query.end() ? std::string() : found->second;
    };
    std::set<std::string> names = ghosts_;
    for (const auto& [name, bytes] : objects_) {
        if (hidden_.empty() || name.find(hidden_) == name.npos) names.insert(name);
    }
    const std::string prefix = value("prefix");
    const std::size_t most = std::stoul(value("max-keys"));
    std::string xml = "<ListBucketResult>";
    std::set<std::string> folders;
    std::size_t count = 0;
    std::string last;
    for (const std::string& name : names) {
        if (!name.starts_with(prefix) || name <= value("continuation-token")) continue;
        if (count == most) {
            xml += "<IsTruncated>true</IsTruncated><NextContinuationToken>" + last +
                   "</NextContinuationToken>";
            break;
        }
        const std::size_t slash = name.find('/', prefix.size());
        const bool is_below = !value("delimiter").empty() && slash != name.npos;
        if (is_below && !folders.insert(name.substr(0, slash + 1)).second) continue;
        const auto found = objects_.find(name);
        const std::size_t size = found == objects_.end() ? 1 : found->second.size();
        xml += is_below
                   ? "<CommonPrefixes><Prefix>" + name.substr(0, slash + 1) +
                         "</Prefix></CommonPrefixes>"
                   : fmt::format("<Contents><Key>{}</Key><Size>{}</Size></Contents>", name, size);
        last = name;
        ++count;
    }
    return xml + "</ListBucketResult>";
}

}  // namespace syncwatch
