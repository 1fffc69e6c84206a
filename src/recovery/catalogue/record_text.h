#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "recovery/catalogue/record.h"

/// The values of the catalogue as they lie in a repository: sealed JSON, times in RFC 3339 to the
/// millisecond. Fields that a newer version added are no damage; they stay in the object, which is
/// never written again. Reading gives Corrupt, in words that say what is wrong.
namespace syncwatch::recovery {

/// Its texts are UTF-8.
std::string write_record(const BackupRecord& record);
Result<StoredRecord> read_record(std::string_view text);

std::string write_verification(const Verification& verification);
Result<Verification> read_verification(std::string_view text);

std::string write_pin(const Pin& pin);
Result<Pin> read_pin(std::string_view text);

std::string write_carried_out(const CarriedOut& done);
Result<CarriedOut> read_carried_out(std::string_view text);

std::string write_expiry(const ExpiryNote& note);
Result<ExpiryNote> read_expiry(std::string_view text);

}  // namespace syncwatch::recovery
